namespace FieldSupport.Web.Access;

/// <summary>Who acts, as the audit names it: a person's mail address, <c>job:evaluate-deliveries</c>, <c>command-line</c>, <c>webhook:easypost</c>.</summary>
/// <param name="Name">Never a patient, never a key of the database.</param>
/// <param name="Role">A person's role; null for the system.</param>
public sealed record Actor(string Name, string? Role)
{
    public static Actor Job(string job) => new("job:" + job, null);
    public static Actor CommandLine { get; } = new("command-line", null);
    public static Actor Nobody { get; } = new("nobody", null);
}
