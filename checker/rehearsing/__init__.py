"""The rehearsal's parts: which situations can be played with a flow, the values they need, and what follows from what happened."""
