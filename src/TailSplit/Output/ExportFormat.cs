namespace TailSplit.Output;

/// <summary>The formats of Export-TailSplitPolicy.</summary>
public enum ExportFormat
{
    /// <summary>A policy file for Import- and Sync-TailSplitPolicy.</summary>
    Json,

    /// <summary>Input for iptables-restore, ip6tables-restore and ip -batch.</summary>
    Restore,

    /// <summary>A POSIX shell script, for machines without PowerShell.</summary>
    Script,
}
