namespace TailSplit.Core.Tracing;

/// <summary>How a chain, or a rule of it, leaves a packet.</summary>
internal enum ChainEnd
{
    /// <summary>Goes on with the next rule.</summary>
    Continue,

    /// <summary>Leaves the chain.</summary>
    Return,

    /// <summary>Done with this base chain; the packet goes on to the next.</summary>
    Accept,

    /// <summary>The same, and its address is translated: no other chain of nat runs at this hook.</summary>
    Translated,

    /// <summary>The packet ends here.</summary>
    Stop,
}
