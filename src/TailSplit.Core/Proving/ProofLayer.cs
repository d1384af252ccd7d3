namespace TailSplit.Core.Proving;

/// <summary>Which of TailSplit's layers are in force in a proof.</summary>
public enum ProofLayer
{
    /// <summary>The host as it is.</summary>
    Both,

    /// <summary>Without TailSplit's ip rules.</summary>
    FirewallAlone,

    /// <summary>Without TailSplit's firewall rules.</summary>
    RoutingAlone,
}
