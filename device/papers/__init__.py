"""A4 papers: from what stands on them to a PDF or to dots. Pure; knows no printer."""
