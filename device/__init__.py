"""The daemon of one box: owns whole buses, serves one kiosk or 1-n windows, and tells its hall what happened."""
