-- What guides have to see to: few facts among very many, found in one step from the last one that was looked at.
CREATE INDEX fact_attention ON fact (row) WHERE kind IN
    ('help-asked', 'help-ended', 'card-left', 'card-taken', 'slip-left', 'slip-taken', 'looked-for', 'voided');
