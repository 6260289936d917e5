"""A ticket printer: reads ESC/POS, moves paper at a real speed, draws what would come out."""
