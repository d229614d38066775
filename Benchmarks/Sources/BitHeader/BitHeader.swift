// The plugin generates the source of this target from protocol.yaml.
