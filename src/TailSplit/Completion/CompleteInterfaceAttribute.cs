using System.Management.Automation;

namespace TailSplit.Completion;

/// <summary>Completes network interfaces of the host.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CompleteInterfaceAttribute() : ArgumentCompleterAttribute(typeof(InterfaceCompleter));
