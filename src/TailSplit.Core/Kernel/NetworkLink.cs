namespace TailSplit.Core.Kernel;

/// <summary>An interface as <c>ip -j link</c> prints it.</summary>
/// <param name="Index">The kernel's number.</param>
/// <param name="Name">Its name.</param>
/// <param name="HardwareAddress">Its address on the link; null for none, such as for a tunnel.</param>
public sealed record NetworkLink(int Index, string Name, string? HardwareAddress);
