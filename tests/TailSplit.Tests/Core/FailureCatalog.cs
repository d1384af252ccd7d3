using System.Reflection;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;

namespace TailSplit.Tests.Core;

/// <summary>Every error of TailSplit, by the method that creates it.</summary>
internal static class FailureCatalog
{
    public static IReadOnlyDictionary<string, MethodInfo> Methods { get; } =
        ((Type[])[typeof(ModelFailures), typeof(Failures)])
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.ReturnType == typeof(Failure))
            .ToDictionary(method => method.Name);
}
