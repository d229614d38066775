// Whoever tests a server needs what it is made of, too.

@_exported public import Switchboard
