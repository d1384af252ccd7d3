
namespace TailSplit.Lab;

/// <summary>The lab cannot be built on this machine.</summary>
public class LabUnavailableException(string reason)
    : Exception($"The lab needs root and Docker on Linux: {reason}.");
