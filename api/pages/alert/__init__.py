"""What the page of an alert shows beside the alert itself."""
