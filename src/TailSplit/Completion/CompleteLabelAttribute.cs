using System.Management.Automation;

namespace TailSplit.Completion;

/// <summary>Completes labels of Docker networks, each as a hashtable.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CompleteLabelAttribute() : ArgumentCompleterAttribute(typeof(LabelCompleter));
