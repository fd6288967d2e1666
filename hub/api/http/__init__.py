"""What every endpoint shares: context, access, problems, parameters, commands."""
