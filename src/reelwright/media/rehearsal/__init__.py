"""What a rehearsal shows and sounds in the place of what a provider would have made: plainly marked, never bought."""
