"""What happens to the bugs of a product after a launch."""
