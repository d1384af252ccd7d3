namespace TailSplit.Output;

/// <summary>As what Export-TailSplitPolicy writes policies.</summary>
public enum ExportFormat
{
    /// <summary>A policy file, which Import- and Sync-TailSplitPolicy read.</summary>
    Json,

    /// <summary>Input for iptables-restore, ip6tables-restore and ip -batch.</summary>
    Restore,

    /// <summary>A POSIX shell script, for machines without PowerShell.</summary>
    Script,
}
