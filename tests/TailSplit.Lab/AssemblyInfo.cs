using System.Runtime.Versioning;
using TailSplit.Lab;

[assembly: SupportedOSPlatform("linux")]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
