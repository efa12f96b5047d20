"""How people arrange their order pad: layouts of its columns, each person's own or shared in the organization."""
