"""What we can break must not lose or double what was acknowledged: processes under load, killed, cut and starved."""
