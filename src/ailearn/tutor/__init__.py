"""Learning with an AI: prompts to paste into an assistant, and a model that answers from the guide."""
