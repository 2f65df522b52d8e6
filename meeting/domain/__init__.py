"""What a meeting is: records, events and rules, without input or output."""
