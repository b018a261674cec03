"""The animatic: works that draw a shot, a picture or a still on this machine, without AI, in a look."""
