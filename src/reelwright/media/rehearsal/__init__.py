"""The pictures and sound of a rehearsal, in the place of what a provider would have made:
plainly marked, never bought.
"""
