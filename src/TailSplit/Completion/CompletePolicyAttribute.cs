using System.Management.Automation;

namespace TailSplit.Completion;

/// <summary>Tab offers names of policies in force.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CompletePolicyAttribute() : ArgumentCompleterAttribute(typeof(PolicyCompleter));
