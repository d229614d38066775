@_exported public import SwitchboardBytes
