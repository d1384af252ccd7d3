namespace TailSplit.Lab;

/// <summary>The two mangle rules that carry the escape mark from a connection's first packet to its replies.</summary>
public enum ConnmarkRules
{
    /// <summary>Before 1.96.</summary>
    None,

    /// <summary>1.96 to 1.98: established packets lose their mark where the connection has none.</summary>
    WithoutGuard,

    /// <summary>From 1.100.</summary>
    WithGuard,
}
