// swift package protocol tests generates the tests of this target from the examples in its spec.
