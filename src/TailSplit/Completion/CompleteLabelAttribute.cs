using System.Management.Automation;

namespace TailSplit.Completion;

/// <summary>Tab offers labels of Docker networks, each as a hashtable.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CompleteLabelAttribute() : ArgumentCompleterAttribute(typeof(LabelCompleter));
