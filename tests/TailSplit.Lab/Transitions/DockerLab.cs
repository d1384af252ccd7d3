using TailSplit.Lab.Attacks;

namespace TailSplit.Lab.Transitions;

/// <summary>A lab in which dockerd is restarted, and networks are recreated.</summary>
public sealed class DockerLab() : AttackLab(new());
