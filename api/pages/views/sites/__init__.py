"""The pages of a site: who works there, when, how its alerts are answered and told, and how they fare."""
