"""What is said on a line, read along by somebody who takes no part: frames found, named and masked. Pure."""
