"""Jobs: what was ordered, labels and priorities, the queue, and repeated requests. Begin with ``jobs``."""
