"""What a technician needs beside the daemon: find out what is plugged in, read along on a line, play it again."""
