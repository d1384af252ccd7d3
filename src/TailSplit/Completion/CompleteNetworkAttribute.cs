using System.Management.Automation;

namespace TailSplit.Completion;

/// <summary>Completes names of Docker networks.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CompleteNetworkAttribute() : ArgumentCompleterAttribute(typeof(NetworkCompleter));
