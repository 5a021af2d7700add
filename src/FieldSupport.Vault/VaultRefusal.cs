namespace FieldSupport.Vault;

/// <summary>The vault says no. The message is a full sentence and never holds what the vault keeps.</summary>
/// <param name="code">Dotted: vault.role, vault.account, vault.purpose, vault.reference.</param>
public sealed class VaultRefusal(string code, string sentence) : Exception(sentence)
{
    /// <summary>What programs tell refusals apart by.</summary>
    public string Code { get; } = code;
}
