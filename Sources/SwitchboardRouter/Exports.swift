@_exported public import SwitchboardWire
