// Users, and the hashes of their tokens.
//
//  1. Authenticator       checks credentials; CredentialFile does so by a file.
//  2. PrivateFile         reads the file, whose permissions FileAccess checks.
//  3. CredentialList      has the lines of the file, and TokenHash the hash of a token.
//  4. SecretBytes         compares hashes and tokens, in a time that tells nothing about them.
//  5. FailureLimiter      limits the wrong credentials from one network.
