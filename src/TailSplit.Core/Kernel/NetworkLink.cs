namespace TailSplit.Core.Kernel;

/// <summary>An interface as <c>ip -j link</c> tells it.</summary>
/// <param name="Index">The kernel's number.</param>
/// <param name="Name">Its name.</param>
/// <param name="HardwareAddress">Its address on the link; null for interfaces that have none, such as a tunnel.</param>
public sealed record NetworkLink(int Index, string Name, string? HardwareAddress);
