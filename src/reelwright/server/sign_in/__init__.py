"""Sign-in by OpenID Connect: its settings, the issuer, and the tokens that the issuer signs."""
