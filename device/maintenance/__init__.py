"""What a technician asks of a box (hall.contract.maintenance): verbs, on a socket here and relayed by the hall."""
