@_exported public import SwitchboardAddresses
