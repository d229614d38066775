@_exported public import SwitchboardVocabulary
