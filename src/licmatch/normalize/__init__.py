"""From a raw name to padded tokens: `name_steps` holds the steps, `publisher` reads makers' names."""
