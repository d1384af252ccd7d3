namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>What one of the kernel's own tools would end with, in its words.</summary>
public sealed class KernelException(string message) : Exception(message);
