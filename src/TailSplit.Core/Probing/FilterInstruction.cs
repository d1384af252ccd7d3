namespace TailSplit.Core.Probing;

/// <summary>An instruction of the kernel's classic packet filter (struct sock_filter, linux/filter.h).</summary>
/// <param name="Code">The operation.</param>
/// <param name="IfTrue">How many instructions to skip if a comparison holds.</param>
/// <param name="IfFalse">How many to skip if it does not.</param>
/// <param name="Operand">The value, or the offset in the packet.</param>
public readonly record struct FilterInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);
