"""What a branch adds to a list: found, judged, and answered kindly."""
