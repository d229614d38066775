// Reads YAML files as trees whose nodes know their places: specs, and the settings of servers.
//
// YAMLReader makes a tree of Nodes from the bytes of a file, within YAMLLimits. YAMLEventReader reads events with the system's
// libyaml. Place is a line and a column. NearMiss suggests the name that an author probably meant,
// in a file or, with UnknownWord, on a command line.
