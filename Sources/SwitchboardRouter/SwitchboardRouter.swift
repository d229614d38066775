@_exported public import SwitchboardAddresses
@_exported public import SwitchboardWire
