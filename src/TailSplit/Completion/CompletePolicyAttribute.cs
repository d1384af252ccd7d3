using System.Management.Automation;

namespace TailSplit.Completion;

/// <summary>Completes names of policies in force.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CompletePolicyAttribute() : ArgumentCompleterAttribute(typeof(PolicyCompleter));
