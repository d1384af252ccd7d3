using System.Management.Automation;

namespace TailSplit.Completion;

/// <summary>Tab offers names of Docker networks.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CompleteNetworkAttribute() : ArgumentCompleterAttribute(typeof(NetworkCompleter));
